/// A number of bytes as people read it: `512 bytes`, `1.5 kB`, `23 MB`; powers of ten.
func byteText(_ bytes: Int) -> String {
  if bytes < 1000 { return "\(bytes) byte\(bytes == 1 ? "" : "s")" }
  var value = Double(bytes)
  var unit = ""
  for next in ["kB", "MB", "GB", "TB"] where value >= 999.5 || unit.isEmpty {
    value /= 1000
    unit = next
  }
  return value < 9.95
    ? "\((value * 10).rounded() / 10) \(unit)" : "\(Int(value.rounded())) \(unit)"
}
