# The operator `scatter` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# IN Indices: int64[4,2] -2 1 -4 2 -4 -3 -4 0
# IN Updates: int32[4,2] 12 -5 17 10 -4 -8 2 5
# OUT Y: 2 5 -7 -8 12 10 -9 -9
from tirade import ops

main = ops.scatter.func((4, 2), 'int32', (4, 2), 'int64', (4, 2), 'int32', axis=-2)
