# The operator `add` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: float64[6] -0.375 -1.3125 -0.5 -1.5625 -4.8125 -2.375
# IN B: float64[] 0.9375
# OUT Y: 0.5625 -0.375 0.4375 -0.625 -3.875 -1.4375
from tirade import ops

main = ops.add.func((6,), 'float64', (), 'float64')
