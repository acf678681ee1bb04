# The operator `tan` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] -0.9375
# OUT Y: -1.3620719763762281
from tirade import ops

main = ops.tan.func((), 'float64')
