# The operator `sum` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint8[5,1,6] 0 1 3 3 1 1 3 0 2 2 2 0 3 1 3 3 2 2 3 0 2 3 1 1 2 3 2 0 2 0
# OUT Y: 51
from tirade import ops

main = ops.sum.func((5, 1, 6), 'uint8', axis=None, keepdims=False)
