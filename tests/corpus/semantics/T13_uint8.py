# T13: uint8 (1 - 2) truncdiv 2, and ~1 >> 1 (I1, I5).
# IN A: uint8[1] 1
# OUT R: 127
# OUT S: 127
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "uint8"), R: T.Buffer((1,), "uint8"), S: T.Buffer((1,), "uint8")):
    for i in range(1):
        R[i] = T.truncdiv(A[i] - T.uint8(2), T.uint8(2))
        S[i] = T.shift_right(T.bitwise_not(A[i]), T.uint8(1))
