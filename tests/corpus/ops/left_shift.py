# The operator `left_shift` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int8[6] -10 15 -5 -15 17 11
# IN B: int8[1] 6
# OUT Y: -128 -64 -64 64 64 -64
from tirade import ops

main = ops.left_shift.func((6,), 'int8', (1,), 'int8')
