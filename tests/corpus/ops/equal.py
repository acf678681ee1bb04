# The operator `equal` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int16[4,2,4] 6 -14 10 3 10 -9 -6 8 1 -1 12 -15 -16 -8 -16 9 -13 -18 -16 14 -19 -16 3 5 16 -16 15 -3 -19 4 16 0
# IN B: int16[4,2,1] -2 -11 3 -11 17 -16 16 -16
# OUT Y: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0 1 0 0 0 0 0 0 0
from tirade import ops

main = ops.equal.func((4, 2, 4), 'int16', (4, 2, 1), 'int16')
