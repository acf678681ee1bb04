# The operator `not_equal` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: uint16[] 15
# IN B: uint16[] 6
# OUT Y: 1
from tirade import ops

main = ops.not_equal.func((), 'uint16', (), 'uint16')
