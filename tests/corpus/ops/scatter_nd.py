# The operator `scatter_nd` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int32[4,2] 4 -19 -7 -11 7 -15 -9 -9
# IN Indices: int32[4,2] 1 -1 3 -1 -2 0 2 -2
# IN Updates: int32[4] -13 13 -3 -18
# OUT Y: 4 -19 -7 -13 -18 -15 -9 13
from tirade import ops

main = ops.scatter_nd.func((4, 2), 'int32', (4, 2), 'int32', (4,), 'int32')
