import Evidence
import Figures

/// The clusters of a model in two runs: which stay, with what numbers, which go, which are new.
///
/// Clusters are the same where they have the same direction and their peaks lie within ``reach``; nearest pairs are taken
/// first, and no cluster twice.
struct ClusterDifference {
    /// mm: the width of a kernel's core, so that a peak that moves to a neighbour is the same one.
    static let reach = 12.0

    let lines: [String]

    init(
        _ first: StoredRun, _ a: RunRecord.Model, _ second: StoredRun, _ b: RunRecord.Model
    ) throws(ReportingError) {
        var lines: [String] = []
        for (file, kind) in [("clusters_corr-FWE.tsv", "corrected"), ("clusters.tsv", "exploratory")] {
            let one = try first.table("\(a.folder)/\(file)")
            let other = try second.table("\(b.folder)/\(file)")
            switch (one, other) {
            case (let one?, let other?): lines += Self.compare(one, other, kind: kind)
            case (_?, nil): lines.append("\(kind) clusters: only in the first run")
            case (nil, _?): lines.append("\(kind) clusters: only in the second run")
            case (nil, nil): break
            }
        }
        self.lines = lines
    }

    private static func compare(_ one: StoredTable, _ other: StoredTable, kind: String) -> [String] {
        var lines: [String] = []
        if one.rows.count != other.rows.count {
            lines.append("\(kind) clusters: \(one.rows.count) → \(other.rows.count)")
        }
        let pairs = matched(one, other)
        for (i, j) in pairs.sorted(by: { $0.first < $1.first }) {
            lines += changes(one, one.rows[i], other, other.rows[j]).map {
                "\(kind) cluster at \(place(one, one.rows[i])): \($0)"
            }
        }
        let left = one.rows.indices.filter { index in !pairs.contains { $0.first == index } }
        let new = other.rows.indices.filter { index in !pairs.contains { $0.second == index } }
        lines += left.map { "\(kind) cluster at \(place(one, one.rows[$0])) is gone (\(size(one, one.rows[$0])))" }
        lines += new.map {
            "\(kind) cluster at \(place(other, other.rows[$0])) is new (\(size(other, other.rows[$0])))"
        }
        return lines
    }

    /// Indices of rows that are the same cluster.
    private static func matched(_ one: StoredTable, _ other: StoredTable) -> [(first: Int, second: Int)] {
        var candidates: [(distance: Double, first: Int, second: Int)] = []
        for (i, row) in one.rows.enumerated() {
            for (j, twin) in other.rows.enumerated() {
                guard one.cell(row, "direction") == other.cell(twin, "direction") else { continue }
                guard let a = point(one, row), let b = point(other, twin) else { continue }
                let d = a - b
                let distance = (d * d).sum().squareRoot()
                if distance <= reach { candidates.append((distance, i, j)) }
            }
        }
        candidates.sort { ($0.distance, $0.first, $0.second) < ($1.distance, $1.first, $1.second) }
        var pairs: [(first: Int, second: Int)] = []
        for candidate in candidates {
            let isTaken = pairs.contains { $0.first == candidate.first || $0.second == candidate.second }
            if !isTaken { pairs.append((candidate.first, candidate.second)) }
        }
        return pairs
    }

    /// What of a cluster is another number, as the tables print it.
    private static func changes(
        _ one: StoredTable, _ row: [String], _ other: StoredTable, _ twin: [String]
    ) -> [String] {
        let columns = ["voxels", "g", "r", "z", "p"] + one.header.filter { $0.hasPrefix("p_fwe_") }
        var parts: [String] = []
        if point(one, row) != point(other, twin) { parts.append("peak now at \(place(other, twin))") }
        for column in columns where one.header.contains(column) && other.header.contains(column) {
            let (a, b) = (one.cell(row, column), other.cell(twin, column))
            if a != b { parts.append("\(column) \(a.isEmpty ? "n/a" : a) → \(b.isEmpty ? "n/a" : b)") }
        }
        return parts.isEmpty ? [] : [parts.joined(separator: ", ")]
    }

    private static func point(_ table: StoredTable, _ row: [String]) -> SIMD3<Double>? {
        guard let x = table.number(row, "x_mm"), let y = table.number(row, "y_mm"), let z = table.number(row, "z_mm")
        else { return nil }
        return SIMD3(x, y, z)
    }

    private static func place(_ table: StoredTable, _ row: [String]) -> String {
        ["x_mm", "y_mm", "z_mm"].map { PrettyNumber.hundredths(table.number(row, $0) ?? .nan) }.joined(separator: ", ")
    }

    private static func size(_ table: StoredTable, _ row: [String]) -> String {
        "\(table.cell(row, "voxels")) voxels, z \(table.cell(row, "z"))"
    }
}
