# The operator `cummin` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[2,2,3] -0.125 1.375 5.375 1.75 -1.75 1.875 -4.0 0.75 -1.0 -3.1875 2.5 -1.4375
# OUT Y: -0.125 -0.125 -0.125 1.75 -1.75 -1.75 -4.0 -4.0 -4.0 -3.1875 -3.1875 -3.1875
from tirade import ops

main = ops.cummin.func((2, 2, 3), 'float64', axis=-1)
