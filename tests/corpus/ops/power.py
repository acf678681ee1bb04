# The operator `power` on a small case that agrees with numpy.
# RUN: interp run diff
# IN A: float32[] 1.662500023841858
# IN B: float32[] 1.125
# OUT Y: 1.7715641260147095
from tirade import ops

main = ops.power.func((), 'float32', (), 'float32')
