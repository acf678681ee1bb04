# The operator `round` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] 1.25
# OUT Y: 1.0
from tirade import ops

main = ops.round.func((), 'float64')
