# A sum that just fits.
# RUN: check interp diff
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    for k in range(65536):
        with T.sblock("R"):
            vk = T.axis.reduce(65536, k)
            with T.init():
                R[0] = 0
            R[0] = R[0] + vk
