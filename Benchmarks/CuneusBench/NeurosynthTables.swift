import Cuneus

/// The tables of coordinates in the Neurosynth database that could stand in a meta-analysis: 3 to 40 foci, in a known space.
struct NeurosynthTables {
    struct Study {
        var id: String
        var authors: Set<String>
        /// MNI mm; at least one table.
        var tables: [[SIMD3<Double>]]
    }

    static let foci = 3...40

    /// In the order of their ids' first row.
    let studies: [Study]

    /// - Parameter folder: holds the database's two tables of version 7.
    /// - Throws: `InputError` for files that are not there or are other tables.
    init(_ folder: String) throws {
        let metadata = try Self.rows("\(folder)/data-neurosynth_version-7_metadata.tsv.gz", ["id", "space", "authors"])
        var spaces: [String: CoordinateSpace] = [:]
        var authors: [String: Set<String>] = [:]
        for row in metadata {
            // A study of unknown space would be put where it does not belong.
            guard row[1] == "MNI" || row[1] == "TAL" else { continue }
            spaces[row[0]] = row[1] == "MNI" ? .mni : .talairach
            authors[row[0]] = Set(row[2].split(separator: ",").map { String($0).trimmingBlanks })
        }
        var order: [String] = []
        var tables: [String: [(name: String, foci: [SIMD3<Double>])]] = [:]
        for row in try Self.rows(
            "\(folder)/data-neurosynth_version-7_coordinates.tsv.gz", ["id", "table_id", "x", "y", "z"])
        {
            guard let space = spaces[row[0]], let x = Double(row[2]), let y = Double(row[3]), let z = Double(row[4])
            else { continue }
            if tables[row[0]] == nil { order.append(row[0]) }
            var own = tables[row[0]] ?? []
            tables[row[0]] = nil
            let focus = space.toMNI(SIMD3(x, y, z))
            if let known = own.firstIndex(where: { $0.name == row[1] }) {
                own[known].foci.append(focus)
            } else {
                own.append((row[1], [focus]))
            }
            tables[row[0]] = own
        }
        studies = order.compactMap { id in
            let usable = (tables[id] ?? []).map(\.foci).filter { Self.foci.contains($0.count) }
            return usable.isEmpty ? nil : Study(id: id, authors: authors[id] ?? [], tables: usable)
        }
    }

    /// Some columns of a table separated by tabs.
    private static func rows(_ path: String, _ names: [String]) throws -> [[String]] {
        let file = try TextFile(path: path)
        func fields(_ line: TextFile.Line) -> [String] {
            line.text.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).trimmingBlanks }
        }
        let header = file.lines.first.map(fields) ?? []
        let columns = names.compactMap { header.firstIndex(of: $0) }
        guard columns.count == names.count else {
            throw InputError(
                at: SourceLocation(file: path), "the columns \(names.joined(separator: ", ")) were expected.")
        }
        return file.lines.dropFirst().compactMap { line in
            let cells = fields(line)
            return cells.count == header.count ? columns.map { cells[$0] } : nil
        }
    }

    /// Studies and their tables for one pseudo-meta-analysis: drawn at random, one table a study, no author twice.
    func draw(set: Int, count: Int, seed: UInt64) -> [(study: Int, table: Int)] {
        let random = Philox(seed: seed, name: "real nulls", purpose: 1)
        var chosen: [(study: Int, table: Int)] = []
        var authors: Set<String> = []
        var attempt: UInt32 = 0
        while chosen.count < count, attempt < 100_000 {
            let words = random([UInt32(set), attempt, 0, 0])
            attempt += 1
            let study = Int(Philox.uniform(words.x) * Double(studies.count))
            guard !chosen.contains(where: { $0.study == study }), authors.isDisjoint(with: studies[study].authors)
            else { continue }
            authors.formUnion(studies[study].authors)
            chosen.append((study, Int(Philox.uniform(words.y) * Double(studies[study].tables.count))))
        }
        return chosen
    }
}
