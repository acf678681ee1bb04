# The operator `exp2` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float64[] -1.0625
# OUT Y: 0.47880164034928685
from tirade import ops

main = ops.exp2.func((), 'float64')
