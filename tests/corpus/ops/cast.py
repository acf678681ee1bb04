# The operator `cast` on a small case that agrees with numpy.
# RUN: interp run diff
# IN X: uint64[3,1,6] 17 10 12 4 3 16 13 9 15 3 1 10 7 4 6 4 11 8
# OUT Y: 17.0 10.0 12.0 4.0 3.0 16.0 13.0 9.0 15.0 3.0 1.0 10.0 7.0 4.0 6.0 4.0 11.0 8.0
from tirade import ops

main = ops.cast.func((3, 1, 6), 'uint64', dtype='float32')
