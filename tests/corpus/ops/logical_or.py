# The operator `logical_or` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: bool[] 0
# IN B: bool[] 0
# OUT Y: 0
from tirade import ops

main = ops.logical_or.func((), 'bool', (), 'bool')
