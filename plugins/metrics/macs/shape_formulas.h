// The arithmetic of the formulas: MACs over the shapes of a call. Each function
// gives Count::Unknown() where the shapes do not fit it. Which operator has
// which stands in formulas.cc.

#ifndef STRATA_PLUGINS_METRICS_MACS_SHAPE_FORMULAS_H_
#define STRATA_PLUGINS_METRICS_MACS_SHAPE_FORMULAS_H_

#include "core/count.h"
#include "core/module_visitor.h"

namespace strata::metrics {

// A product that contracts the last dimension of the first argument, or, where
// something is added to the product, of the second: matmul in every form,
// linear, mm, bmm, mv, dot; addmm, baddbmm, addmv. (flop_counter.py, mm_flop,
// bmm_flop)
Count MatrixProduct(const OpCall& op);
Count AddedMatrixProduct(const OpCall& op);

// Convolution of an input by a weight [out, in/groups, kernel…]: each element
// of the output takes in/groups * prod(kernel). Batched or not.
// (torch/utils/flop_counter.py, conv_flop_count)
Count Convolution(const OpCall& op);

// Transposed: a weight [in, out/groups, kernel…], and each element of the input
// gives out/groups * prod(kernel). (the same file, `transposed`)
Count TransposedConvolution(const OpCall& op);

// aten::convolution(input, weight, bias, stride, padding, dilation, transposed,
// output_padding, groups) and those with the same first arguments.
Count GeneralConvolution(const OpCall& op);

// conv_tbc: input [time, batch, in], weight [kernel, in, out].
Count ConvolutionTbc(const OpCall& op);

// addbmm(self, batch1 [b, n, k], batch2 [b, k, m]): the batch is summed up.
Count AddBmm(const OpCall& op);

// bilinear(x1 [*, i], x2 [*, j], weight [o, i, j]): i * j for each output.
Count Bilinear(const OpCall& op);

// Attention with queries [*, heads, L, D], keys [*, S, D] and values [*, S,
// Dv]: L*S*D for the scores and L*S*Dv for the values, in each head of the
// queries (grouped keys and values are read again for each). Nothing is taken
// off for a causal mask. (flop_counter.py, sdpa_flop_count)
Count Attention(const OpCall& op);

// _native_multi_head_attention(query, key, value, embed_dim, num_head, …)
// (aten/src/ATen/native/transformers/attention.cpp)
Count NativeMultiHead(const OpCall& op);

// _transformer_encoder_layer_fwd(src, …, ffn_weight_1 (14), ffn_bias_1,
// ffn_weight_2 (16), …): attention, then two linear layers for each token.
// (aten/src/ATen/native/transformers/transformer.cpp)
Count EncoderLayer(const OpCall& op);

// RNN, GRU and LSTM of any number of layers and directions, projected or not:
// each matrix among the weights is applied once to each token. The weights are
// the last list of tensors; the first argument is [length, batch, in], in
// another order, or the packed [tokens, in].
Count Recurrent(const OpCall& op);

// A cell with its weights apart: (input [*, in], state, weight_ih, weight_hh,
// …), tensors or packed.
Count RecurrentCell(const OpCall& op);

}  // namespace strata::metrics

#endif  // STRATA_PLUGINS_METRICS_MACS_SHAPE_FORMULAS_H_
