import Foundation
import Testing

/// Compares text with a file in Snapshots/; `RECORD=1` writes the file instead.
func expectSnapshot(
    _ text: String, _ name: String, _ location: Testing.SourceLocation = #_sourceLocation
) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Snapshots/\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
        try Data(text.utf8).write(to: file)
        return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard text != expected else { return }
    Issue.record(
        "\(name) is not what Snapshots/\(name).txt says (RECORD=1 records it anew):\n\(difference(expected, text))",
        sourceLocation: location)
}

/// Lines that went (-) and came (+), in their order.
private func difference(_ old: String, _ new: String) -> String {
    let (before, after) = (old.components(separatedBy: "\n"), new.components(separatedBy: "\n"))
    var lines: [(place: Int, text: String)] = []
    for change in after.difference(from: before) {
        switch change {
        case .remove(let offset, let line, _): lines.append((2 * offset, "- \(line)"))
        case .insert(let offset, let line, _): lines.append((2 * offset + 1, "+ \(line)"))
        }
    }
    return lines.sorted { $0.place < $1.place }.map(\.text).joined(separator: "\n")
}
