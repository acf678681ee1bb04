# The operator `take` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# IN Indices: int32[2] -2 2
# OUT Y: 7 -15 7 -15
from tirade import ops

main = ops.take.func((4, 2), 'int32', (2,), 'int32', axis=-2)
