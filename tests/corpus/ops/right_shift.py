# The operator `right_shift` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: int8[] 17
# IN B: int8[] 4
# OUT Y: 1
from tirade import ops

main = ops.right_shift.func((), 'int8', (), 'int8')
