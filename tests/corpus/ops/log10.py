# The operator `log10` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: float32[] 4.5
# OUT Y: 0.6532124876976013
from tirade import ops

main = ops.log10.func((), 'float32')
