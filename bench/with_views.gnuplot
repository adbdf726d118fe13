# Plot of bench/views and bench/joins: what views cost, and how writers scale with them.
#   out: the directory of cost.dat, throughput.dat and the plot; against: what cost is compared
#   with; work: what is done per second.
set terminal svg size 1000,440 font "sans,12" background "white"
set output out."/views.svg"
set multiplot layout 1,2
set style fill solid 0.8
set boxwidth 0.6
set grid ytics
set yrange [0:*]
set offsets 0, 0, graph 0.12, 0
set xtics nomirror
set key left top
set bmargin 6

set title "Cost with views, as a multiple of ".against
set xtics rotate by -25
plot out."/cost.dat" using 0:2:xtic(1) with boxes lc rgb "#3465a4" notitle, \
	"" using 0:2:(sprintf("%.2f", $2)) with labels offset 0,0.6 notitle, 1 lc rgb "#888888" dt 2 notitle

set title work." per second"
set xlabel "clients"
set xtics norotate
set boxwidth 0.9
set style data histogram
set style histogram cluster gap 1
plot out."/throughput.dat" using 2:xtic(1) lc rgb "#888888" title "without views", \
	"" using 3 lc rgb "#3465a4" title "with views"
unset multiplot
