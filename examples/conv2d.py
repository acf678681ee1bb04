# 3x3 convolution of an NCHW image with zero padding.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def conv2d(
    data: T.Buffer((1, 8, 16, 16), "float32"),
    weight: T.Buffer((4, 8, 3, 3), "float32"),
    out: T.Buffer((1, 4, 16, 16), "float32"),
):
    padded = T.sblock_alloc_buffer((1, 8, 18, 18), "float32")
    for n, c, h, w in T.grid(1, 8, 18, 18):
        with T.sblock("padded"):
            vn, vc, vh, vw = T.axis.remap("SSSS", [n, c, h, w])
            padded[vn, vc, vh, vw] = T.if_then_else(
                1 <= vh and vh < 17 and 1 <= vw and vw < 17,
                data[vn, vc, vh - 1, vw - 1],
                T.float32(0),
            )
    for n, f, h, w, c, kh, kw in T.grid(1, 4, 16, 16, 8, 3, 3):
        with T.sblock("out"):
            vn, vf, vh, vw, vc, vkh, vkw = T.axis.remap("SSSSRRR", [n, f, h, w, c, kh, kw])
            with T.init():
                out[vn, vf, vh, vw] = T.float32(0)
            out[vn, vf, vh, vw] = (
                out[vn, vf, vh, vw] + padded[vn, vc, vh + vkh, vw + vkw] * weight[vf, vc, vkh, vkw]
            )
