# Plot of bench/inventory: one hot item, who holds how much a second.
set terminal svg size 900,420 font "sans,13" background "white"
set output out."/hot.svg"
set title "Holds per second of one hot item, durable commits"
set ylabel "per second"
set yrange [0:*]
set grid ytics
set style data histogram
set style histogram cluster gap 1
set style fill solid 0.8
set boxwidth 0.9
set xtics rotate by -15
plot out."/hot.dat" using 2:xtic(1) lc rgb "#3465a4" title "32 clients", \
	"" using 3 lc rgb "#888888" title "96 clients"
