# The operator `logical_and` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: bool[1] 0
# IN B: bool[5,6,1] 1 0 1 1 1 1 1 0 1 0 0 1 1 1 0 0 0 0 1 0 0 0 1 1 1 0 0 1 0 1
# OUT Y: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
from tirade import ops

main = ops.logical_and.func((1,), 'bool', (5, 6, 1), 'bool')
