# The operator `relu6` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] 2.3125
# OUT Y: 2.3125
from tirade import ops

main = ops.relu6.func((), 'float64')
