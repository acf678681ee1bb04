# The operator `any` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: bool[1] 0
# OUT Y: 0
from tirade import ops

main = ops.any.func((1,), 'bool', axis=-1)
