# The operator `min` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: int16[6] 3 1 2 2 0 1
# OUT Y: 0
from tirade import ops

main = ops.min.func((6,), 'int16', axis=0, keepdims=True)
