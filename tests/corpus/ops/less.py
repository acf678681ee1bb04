# The operator `less` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: float64[6] -0.0625 -3.0 -0.0625 0.8125 -0.625 -2.9375
# IN B: float64[] -0.9375
# OUT Y: 0 1 0 0 0 1
from tirade import ops

main = ops.less.func((6,), 'float64', (), 'float64')
