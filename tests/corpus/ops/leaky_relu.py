# The operator `leaky_relu` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[] 0.1875
# OUT Y: 0.1875
from tirade import ops

main = ops.leaky_relu.func((), 'float32')
