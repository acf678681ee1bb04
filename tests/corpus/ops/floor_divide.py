# The operator `floor_divide` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int64[] 0
# IN B: int64[] -6
# OUT Y: 0
from tirade import ops

main = ops.floor_divide.func((), 'int64', (), 'int64')
