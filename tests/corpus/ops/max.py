# The operator `max` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int8[4,3] 3 3 3 3 0 1 0 0 2 1 1 0
# OUT Y: 3
from tirade import ops

main = ops.max.func((4, 3), 'int8', axis=None, keepdims=False)
