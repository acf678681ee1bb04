# The operator `square` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float16[6] -3.0625 -3.125 0.125 -2.3125 -2.75 -0.4375
# OUT Y: 9.375 9.765625 0.015625 5.34765625 7.5625 0.19140625
from tirade import ops

main = ops.square.func((6,), 'float16')
