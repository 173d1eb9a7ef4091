internal import Evidence

/// A header of two lines, as spreadsheets with merged cells save it: names of outcomes over their columns.
///
///     ;;Amygdala;;Caudate;
///     Site;Dx;Mean;SD;Mean;SD
///
/// The lines become one with names such as `Amygdala Mean`; line numbers stay.
struct MergedHeader {
    /// The file with one header line.
    let file: TextFile
    /// An outcome and its columns: their names in the file that is left, and below the outcome's name.
    struct Block: Hashable {
        let outcome: String
        var columns: [(name: String, below: String)]

        static func == (a: Block, b: Block) -> Bool { a.outcome == b.outcome }

        func hash(into hasher: inout Hasher) { hasher.combine(outcome) }
    }
    let blocks: [Block]
    let notices: [Notice]

    init(_ file: TextFile) throws(InputError) {
        var lines: [TextFile.Line] = []
        for line in file.lines where lines.count < 2 {
            let isSaid = line.bytes.trimmed.first != UInt8(ascii: "#")
            if isSaid, !TextFile.isSeparatorLine(line, isFirst: lines.isEmpty) { lines.append(line) }
        }
        guard lines.count == 2, let separator = Table.separator(of: lines[1].bytes),
            let upper = try? Table.fields(of: lines[0], separator: separator, in: file),
            let lower = try? Table.fields(of: lines[1], separator: separator, in: file),
            Self.isMerged(upper, lower)
        else {
            self.file = file
            blocks = []
            notices = []
            return
        }
        var label = ""
        var names: [String] = []
        var blocks: [Block] = []
        for (index, below) in lower.enumerated() {
            let above = index < upper.count ? upper[index] : ""
            if !above.isEmpty {
                label = above
                blocks.append(Block(outcome: above, columns: []))
            }
            let name = label.isEmpty ? below : "\(label) \(below)"
            names.append(name)
            if !blocks.isEmpty { blocks[blocks.count - 1].columns.append((name, below)) }
        }
        let header = names.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
            .joined(separator: String(UnicodeScalar(separator)))
        var bytes: [UInt8] = []
        for line in file.lines {
            if line.number == lines[1].number {
                bytes += Array(header.utf8)
            } else if line.number != lines[0].number {
                bytes += line.bytes
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        self.file = try TextFile(path: file.path, bytes: bytes)
        self.blocks = blocks
        notices = [
            Notice(
                .note, code: "header-of-two-lines", at: file.location(lines[0].number),
                "the header has two lines; the upper one was taken for outcomes: "
                    + blocks.map(\.outcome).joined(separator: ", ") + ".")
        ]
    }

    /// Gaps above, and below names that recur, so that only both lines together tell the columns apart.
    private static func isMerged(_ upper: [String], _ lower: [String]) -> Bool {
        var lower = lower
        while lower.last?.isEmpty == true { lower.removeLast() }
        guard lower.count >= 4, upper.count <= lower.count + 1, lower.allSatisfy({ !$0.isEmpty }) else { return false }
        let labels = upper.filter { !$0.isEmpty }
        let isText = (labels + lower).allSatisfy { WrittenNumber($0) == nil }
        return isText && !labels.isEmpty && labels.count < lower.count && Set(labels).count == labels.count
            && Set(lower).count < lower.count
    }
}
