# The operator `prod` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int8[1,1,1] 0
# OUT Y: 0
from tirade import ops

main = ops.prod.func((1, 1, 1), 'int8', axis=None, keepdims=False)
