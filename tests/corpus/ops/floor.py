# The operator `floor` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[3,5] 2.625 -0.6875 1.6875 -1.0 3.5 0.375 -0.75 5.125 -0.625 -2.4375 0.375 -0.0625 2.125 -1.8125 1.625
# OUT Y: 2.0 -1.0 1.0 -1.0 3.0 0.0 -1.0 5.0 -1.0 -3.0 0.0 -1.0 2.0 -2.0 1.0
from tirade import ops

main = ops.floor.func((3, 5), 'float64')
