public import Evidence
import Figures

/// The flow of studies as PRISMA 2020 draws it: an SVG with selectable text, and the same in lines.
///
/// Layout of Page MJ and others, 2021, BMJ 372: n71, figure 1 (new reviews, databases and registers).
public struct PrismaDrawing: Sendable {
    public let flow: PrismaFlow

    public init(_ flow: PrismaFlow) { self.flow = flow }

    /// One of the boxes: its lines, wrapped.
    private struct Box {
        var lines: [String]
        var height: Double { 14 + 17 * Double(lines.count) }
    }

    /// A row of the diagram: what stays, and what leaves beside it.
    private struct Row {
        var phase: String
        var stays: Box
        var leaves: Box?
    }

    // MARK: - Words

    private static func n(_ count: Int?) -> String {
        count.map { "(n = \(PrettyNumber.count($0)))" } ?? "(n not stated)"
    }

    private static func counts(_ title: String, _ all: [PrismaFlow.Count]) -> [String] {
        guard !all.isEmpty else { return [] }
        let total = "\(title) \(n(all.reduce(0) { $0 + $1.count }))"
        return [total] + all.filter { !$0.name.isEmpty }.map { "  \($0.name) \(n($0.count))" }
    }

    private var rows: [Row] {
        let sources = Self.counts("Databases", flow.databases) + Self.counts("Registers", flow.registers)
        let removed: [(String, Int?)] = [
            ("Duplicate records", flow.duplicates), ("Ineligible by automation tools", flow.automation),
            ("Other reasons", flow.otherRemoved),
        ]
        let removals = removed.filter { $0.1 != nil }.map { "  \($0.0) \(Self.n($0.1))" }
        let reasons = Self.counts("Reports excluded", flow.exclusions)
        var included = ["Studies included in review \(Self.n(flow.included))"]
        if let reports = flow.reports { included.append("Reports of included studies \(Self.n(reports))") }
        return [
            Row(
                phase: "Identification",
                stays: Self.box(
                    ["Records identified from:"] + (sources.isEmpty ? ["(n not stated)"] : sources.map { "  \($0)" })),
                leaves: Self.box(
                    ["Records removed before screening:"] + (removals.isEmpty ? ["  (n not stated)"] : removals))),
            Row(
                phase: "Screening", stays: Self.box(["Records screened \(Self.n(flow.screened))"]),
                leaves: Self.box(["Records excluded \(Self.n(flow.excluded))"])),
            Row(
                phase: "", stays: Self.box(["Reports sought for retrieval \(Self.n(flow.sought))"]),
                leaves: Self.box(["Reports not retrieved \(Self.n(flow.notRetrieved))"])),
            Row(
                phase: "", stays: Self.box(["Reports assessed for eligibility \(Self.n(flow.assessed))"]),
                leaves: Self.box(reasons.isEmpty ? ["Reports excluded (n not stated)"] : reasons)),
            Row(phase: "Included", stays: Self.box(included), leaves: nil),
        ]
    }

    /// Wrapped at 44 characters; a line that goes on is indented.
    private static func box(_ lines: [String]) -> Box {
        var wrapped: [String] = []
        for line in lines {
            let indent = String(line.prefix { $0 == " " })
            var current = indent
            for word in line.split(separator: " ") {
                if current.count + word.count + 1 > 44, current.count > indent.count {
                    wrapped.append(current)
                    current = indent + "  " + word
                } else {
                    current += (current.count == indent.count ? "" : " ") + word
                }
            }
            wrapped.append(current)
        }
        return Box(lines: wrapped)
    }

    /// The same in lines, for those who read rather than look.
    public var text: String {
        rows.map { row in
            let phase = row.phase.isEmpty ? "" : "\(row.phase)\n"
            let stays = row.stays.lines.map { "  \($0)\n" }.joined()
            let leaves =
                row.leaves?.lines.enumerated().map { $0 == 0 ? "    - \($1)\n" : "      \($1)\n" }.joined() ?? ""
            return phase + stays + leaves
        }.joined()
    }

    // MARK: - Picture

    private static let left = 60.0
    private static let width = 330.0
    private static let gap = 40.0

    /// 780 units wide; black on white, so that it prints.
    public var svg: String {
        var parts: [String] = []
        var y = 20.0
        var previous: Double?
        var phases: [(name: String, top: Double, bottom: Double)] = []
        let right = Self.left + Self.width + Self.gap
        for row in rows {
            let height = max(row.stays.height, row.leaves?.height ?? 0)
            if let previous {
                parts.append(Self.arrow(Self.left + Self.width / 2, previous, Self.left + Self.width / 2, y))
            }
            parts.append(Self.draw(row.stays, x: Self.left, y: y))
            if let leaves = row.leaves {
                parts.append(Self.draw(leaves, x: right, y: y))
                let middle = y + min(row.stays.height, leaves.height) / 2
                parts.append(Self.arrow(Self.left + Self.width, middle, right, middle))
            }
            if !row.phase.isEmpty { phases.append((row.phase, y, y)) }
            phases[phases.count - 1].bottom = y + height
            previous = y + row.stays.height
            y += height + 36
        }
        parts += phases.map { phase in
            let middle = Self.text((phase.top + phase.bottom) / 2)
            let place = "x=\"30\" y=\"\(middle)\" transform=\"rotate(-90 30 \(middle))\""
            return "<text \(place) text-anchor=\"middle\" font-weight=\"bold\">\(phase.name)</text>"
        }
        let total = Self.text(y)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 \(total)" width="780" height="\(total)" role="img" \
            font-family="Helvetica, Arial, sans-serif" font-size="13">
            <title>PRISMA 2020 flow diagram</title>
            <defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" \
            orient="auto"><path d="M0 0L10 5L0 10z"/></marker></defs>
            <rect width="780" height="\(total)" fill="#fff"/>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }

    private static func draw(_ box: Box, x: Double, y: Double) -> String {
        let frame =
            "<rect x=\"\(text(x))\" y=\"\(text(y))\" width=\"\(text(width))\" height=\"\(text(box.height))\" fill=\"#fff\" stroke=\"#000\"/>"
        let lines = box.lines.enumerated().map { number, line in
            let indent = 6.0 * Double(line.prefix { $0 == " " }.count)
            let words = HTML.escape(String(line.drop { $0 == " " }))
            let place = "x=\"\(text(x + 10 + indent))\" y=\"\(text(y + 20 + 17 * Double(number)))\""
            return "<text \(place)>\(words)</text>"
        }
        return ([frame] + lines).joined(separator: "\n")
    }

    private static func arrow(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        let ends = "x1=\"\(text(x1))\" y1=\"\(text(y1))\" x2=\"\(text(x2))\" y2=\"\(text(y2))\""
        return "<line \(ends) stroke=\"#000\" marker-end=\"url(#head)\"/>"
    }

    private static func text(_ value: Double) -> String { NumberText.hundredths(value) }
}
