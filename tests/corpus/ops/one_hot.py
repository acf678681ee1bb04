# The operator `one_hot` on a small case that agrees with numpy.
# RUN: interp run diff
# IN Indices: int32[3] 4 2 4
# OUT Y: 0 0 0 0 1 0 0 1 0 0 0 0 0 0 1
from tirade import ops

main = ops.one_hot.func((3,), 'int32', depth=5, dtype='int8')
