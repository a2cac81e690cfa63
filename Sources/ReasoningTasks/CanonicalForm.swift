/// The text that is equal for two prompts of a domain that ask the same question.
///
/// - math, `M<expression>=`: the expression with only the brackets that its order of evaluation needs.
///   Operands are not reordered: `4+7` and `7+4` use different facts, and a policy may know one of them.
/// - code, `C<examples>=`: the examples sorted by input, then output. The hidden tests do not enter, so
///   of two programs that agree on the examples shown only one can be in a pool.
/// - any other prompt, as files may have them: the prompt itself.
package func canonicalForm(of prompt: String, domain: Domain) -> String {
  switch domain {
  case .math:
    let expression = try? MathExpression(prompt: prompt)
    return "math " + (expression?.prompt ?? prompt)
  case .code:
    guard let examples = CodePrompt(prompt)?.examples else { return "code " + prompt }
    let sorted = examples.sorted { ($0.input, $0.output) < ($1.input, $1.output) }
    return "code " + CodePrompt(examples: sorted).text
  }
}
