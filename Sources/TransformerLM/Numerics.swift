/// Version of the arithmetic of training and sampling; part of the identity of all work computed
/// with it.
///
/// Raise it whenever equal settings give other bits than before: another order of additions,
/// another approximation of exp or log, another draw of the first weights, another optimizer rule.
/// A change that keeps the bits (faster, wider, differently blocked) leaves it alone. The test that
/// compares ten training steps with stored digests tells the two apart.
package let numericsVersion = 1
