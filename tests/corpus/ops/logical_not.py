# The operator `logical_not` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: bool[] 0
# OUT Y: 1
from tirade import ops

main = ops.logical_not.func((), 'bool')
