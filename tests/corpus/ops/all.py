# The operator `all` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: bool[4,5] 0 0 0 0 0 1 0 0 0 0 0 0 1 0 1 0 1 0 1 0
# OUT Y: 0
from tirade import ops

main = ops.all.func((4, 5), 'bool', axis=None)
