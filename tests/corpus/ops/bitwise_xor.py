# The operator `bitwise_xor` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int16[2,3,5] -9 13 18 -9 -8 8 -16 -10 -3 -5 -14 -4 -9 -3 7 18 -13 -7 8 -20 17 7 -4 11 8 -15 -16 0 16 -14
# IN B: int16[3,5] 14 9 -12 14 -5 0 14 -12 4 14 12 -20 11 10 3
# OUT Y: -7 4 -26 -7 3 8 -2 2 -7 -11 -2 16 -4 -9 4 28 -6 13 6 23 17 9 8 15 6 -3 28 11 26 -15
from tirade import ops

main = ops.bitwise_xor.func((2, 3, 5), 'int16', (3, 5), 'int16')
