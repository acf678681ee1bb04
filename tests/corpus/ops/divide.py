# The operator `divide` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: float32[] -0.6875
# IN B: float32[] -2.4375
# OUT Y: 0.28205129504203796
from tirade import ops

main = ops.divide.func((), 'float32', (), 'float32')
