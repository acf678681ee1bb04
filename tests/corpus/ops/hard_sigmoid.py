# The operator `hard_sigmoid` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[1] 1.5625
# OUT Y: 0.7604166269302368
from tirade import ops

main = ops.hard_sigmoid.func((1,), 'float32')
