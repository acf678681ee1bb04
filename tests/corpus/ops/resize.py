# The operator `resize` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[2,6,1] 0.125 -1.6875 0.9375 2.6875 2.0625 -1.6875 2.875 -0.625 -0.125 -2.375 2.3125 1.75
# OUT Y: 0.125 0.125 0.125 0.125 0.125 0.125 0.125 2.6875 2.6875 2.6875 2.6875 2.6875 2.6875 2.6875 2.875 2.875 2.875 2.875 2.875 2.875 2.875 -2.375 -2.3750000000000004 -2.375 -2.375 -2.375 -2.375 -2.375
from tirade import ops

main = ops.resize.func((2, 6, 1), 'float64', size=(2, 7), coordinates='asymmetric')
