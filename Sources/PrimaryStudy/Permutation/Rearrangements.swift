import Statistics

/// Rearrangements of a study's rows: signs, orders, or both. Number 0 leaves the data as they are.
///
/// When there are no more distinct ones than asked for, all are enumerated, each once: rows with the same row of the design may
/// change places without any effect, so two groups of 5 have 252 orders, not 10!. Else each is drawn by a counter-based
/// generator keyed by its number, so that any of them can be made on its own.
public struct Rearrangements: Hashable, Sendable {
    public let rows: Int
    /// In all, number 0 included.
    public let count: Int
    public let isExhaustive: Bool
    /// All distinct ones; infinite where they do not fit a Double.
    public let distinct: Double
    let hasFlips: Bool
    let hasOrders: Bool
    /// Rows that change places with one another, each ascending.
    let blocks: [[Int]]
    private let classes: [Int]
    private let orderCounts: [Int]
    private let stream: Philox
    private let given: [[Bool]]?
    private let givenOrders: [[Int]]?

    /// - Parameters:
    ///   - classes: rows of one class are alike to the design.
    ///   - requested: at least 1, number 0 included.
    public init(_ exchange: ExchangeScheme, rows: Int, classes: [Int]? = nil, requested: Int, seed: UInt64) {
        let classes = classes ?? Array(0..<rows)
        self.rows = rows
        self.classes = classes
        hasFlips = exchange.kind != .permutations
        hasOrders = exchange.kind != .signFlips
        let labels = exchange.blocks ?? [Int](repeating: 0, count: rows)
        blocks = Set(labels).sorted().map { label in (0..<rows).filter { labels[$0] == label } }
        stream = Philox(seed: seed, name: "study", purpose: 6)
        given = nil
        givenOrders = nil
        let ways = blocks.map { Self.words($0.map { classes[$0] }) }
        var all = hasFlips ? Double(sign: .plus, exponent: min(rows, 1000), significand: 1) : 1
        if hasOrders { all = ways.reduce(all, *) }
        distinct = all
        isExhaustive = all <= Double(max(1, requested))
        count = isExhaustive ? Int(all) : max(1, requested)
        orderCounts = isExhaustive && hasOrders ? ways.map { Int($0) } : []
    }

    /// Given sign flips after number 0, each with a value per row (true: flipped).
    public init(flips: [[Bool]]) throws(StudyError) {
        let rows = flips.first?.count ?? 0
        guard rows > 0, flips.allSatisfy({ $0.count == rows }) else {
            throw .data("Sign flips of different lengths, or none.")
        }
        self.rows = rows
        count = flips.count + 1
        isExhaustive = false
        distinct = Double(sign: .plus, exponent: min(rows, 1000), significand: 1)
        hasFlips = true
        hasOrders = false
        blocks = [Array(0..<rows)]
        classes = Array(0..<rows)
        orderCounts = []
        stream = Philox(key: 0)
        given = flips
        givenOrders = nil
    }

    /// Given orders after number 0: of each, which row's data every row of the design gets.
    public init(orders: [[Int]]) throws(StudyError) {
        let rows = orders.first?.count ?? 0
        guard rows > 0, orders.allSatisfy({ $0.count == rows && Set($0) == Set(0..<rows) }) else {
            throw .data("Orders that are not permutations of the rows, or none.")
        }
        self.rows = rows
        count = orders.count + 1
        isExhaustive = false
        distinct = .infinity
        hasFlips = false
        hasOrders = true
        blocks = [Array(0..<rows)]
        classes = Array(0..<rows)
        orderCounts = []
        stream = Philox(key: 0)
        given = nil
        givenOrders = orders
    }

    /// Distinct words of these letters: n!/Π m!.
    static func words(_ letters: [Int]) -> Double {
        var ways = 1.0
        var seen: [Int: Int] = [:]
        for (place, letter) in letters.enumerated() {
            let copies = seen[letter, default: 0] + 1
            seen[letter] = copies
            // n!/Π m! grows by the factor n/m with each letter; whole after every step.
            ways = (ways * Double(place + 1) / Double(copies)).rounded()
        }
        return ways
    }

    /// The number whose signs are all opposite; nil unless all sign flips are enumerated.
    func mirror(of number: Int) -> Int? { isExhaustive && hasFlips && !hasOrders ? count - 1 - number : nil }

    /// Whether each row's sign is flipped.
    public func flips(_ number: Int) -> [Bool] {
        guard number > 0, hasFlips else { return [Bool](repeating: false, count: rows) }
        if let given { return given[number - 1] }
        if isExhaustive {
            let own = number % (1 << rows)
            return (0..<rows).map { own >> $0 & 1 == 1 }
        }
        var flips: [Bool] = []
        flips.reserveCapacity(rows)
        for block in 0..<(rows + 127) / 128 {
            let words = stream([UInt32(truncatingIfNeeded: number), UInt32(block), 0, 0])
            for bit in 0..<min(128, rows - block * 128) { flips.append(words[bit / 32] >> UInt32(bit % 32) & 1 == 1) }
        }
        return flips
    }

    /// Which row's data each row of the design gets.
    public func order(_ number: Int) -> [Int] {
        var order = Array(0..<rows)
        guard number > 0, hasOrders else { return order }
        if let givenOrders { return givenOrders[number - 1] }
        if isExhaustive {
            var rest = hasFlips ? number >> rows : number
            for (block, ways) in zip(blocks, orderCounts) {
                place(rest % ways, block, into: &order)
                rest /= ways
            }
            return order
        }
        var step = 0
        for block in blocks {
            for place in 0..<max(0, block.count - 1) {
                let words = stream([UInt32(truncatingIfNeeded: number), UInt32(step / 2), 1, 0])
                let word =
                    step % 2 == 0
                    ? UInt64(words.x) << 32 | UInt64(words.y) : UInt64(words.z) << 32 | UInt64(words.w)
                // The high half of the product: uniform up to 2⁻⁵⁷.
                let other = place + Int(word.multipliedFullWidth(by: UInt64(block.count - place)).high)
                order.swapAt(block[place], block[other])
                step += 1
            }
        }
        return order
    }

    /// Where each present row's data come from among those present, and whether their sign is flipped. Rows without data are
    /// passed over within their block.
    ///
    /// - Parameters:
    ///   - places: of each row among those present; -1 where it is not.
    ///   - size: how many are present.
    func arrangement(_ number: Int, places: [Int], size: Int) -> (sources: [Int], signs: [Bool]) {
        let order = order(number)
        let flips = flips(number)
        var sources = [Int](repeating: 0, count: size)
        var signs = [Bool](repeating: false, count: size)
        for block in blocks {
            let slots = block.filter { places[$0] >= 0 }
            let data = block.map { order[$0] }.filter { places[$0] >= 0 }
            for (slot, source) in zip(slots, data) {
                sources[places[slot]] = places[source]
                signs[places[slot]] = flips[source]
            }
        }
        return (sources, signs)
    }

    /// The `rank`-th way to deal a block's data to the classes of its rows. Data are taken sorted by their own class: then
    /// rank 0, the first word in lexicographic order, leaves everything in place.
    private func place(_ rank: Int, _ block: [Int], into order: inout [Int]) {
        let data = block.sorted { (classes[$0], $0) < (classes[$1], $1) }
        var left: [(letter: Int, slots: [Int])] = []
        for row in data {
            if left.last?.letter == classes[row] {
                left[left.count - 1].slots.append(row)
            } else {
                left.append((classes[row], [row]))
            }
        }
        // Slots of a class are given out in ascending order.
        var rank = rank
        for source in data {
            for kind in left.indices where !left[kind].slots.isEmpty {
                var letters: [Int] = []
                for (other, entry) in left.enumerated() {
                    letters += [Int](
                        repeating: entry.letter, count: entry.slots.count - (other == kind ? 1 : 0))
                }
                let ways = Int(Self.words(letters))
                if rank < ways {
                    order[left[kind].slots.removeFirst()] = source
                    break
                }
                rank -= ways
            }
        }
    }
}
