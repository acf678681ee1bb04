# The operator `gather` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# IN Indices: int64[4,2] -2 1 -4 2 -4 -3 -4 0
# OUT Y: 7 -11 4 -15 4 -11 4 -19
from tirade import ops

main = ops.gather.func((4, 2), 'int32', (4, 2), 'int64', axis=-2)
