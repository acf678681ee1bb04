# The operator `concatenate` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# IN B: int32[2,2] -7 -19 -8 11
# OUT Y: 4 -19 -7 -11 7 -15 -9 -9 -7 -19 -8 11
from tirade import ops

main = ops.concatenate.func((4, 2), 'int32', (2, 2), 'int32', axis=-2)
