# Plots of bench/views: what a view costs, and how writers scale.
set terminal svg size 800,420 font "sans,13" background "white"
set style fill solid 0.8
set boxwidth 0.6
set grid ytics
set yrange [0:*]

set output out."/cost.svg"
set title "Cost with views, as a multiple of the cost without"
set ylabel "times"
set xtics rotate by -15
plot out."/cost.dat" using 0:2:xtic(1) with boxes lc rgb "#3465a4" notitle, \
	"" using 0:($2 + 0.15):(sprintf("%.2f", $2)) with labels notitle, 1 lc rgb "#888888" dt 2 notitle

set output out."/throughput.svg"
set title "Durable single-row INSERTs per second, each writer in groups of its own"
set ylabel "per second"
set xlabel "writers"
set xtics norotate
set style data histogram
set style histogram cluster gap 1
plot out."/throughput.dat" using 2:xtic(1) lc rgb "#888888" title "no view", \
	"" using 3 lc rgb "#3465a4" title "one view"
