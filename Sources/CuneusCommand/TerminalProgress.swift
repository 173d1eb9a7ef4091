import Cuneus
import Foundation
import Synchronization

/// Shows how far the work is, on standard error: a bar that rewrites itself on a terminal, a line per stage elsewhere.
final class TerminalProgress: ProgressObserver {
    private struct State {
        var label = ""
        var stage = ""
        var units = 0
        var done = 0
        var began = ContinuousClock.now
        var lastDrawn = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let isQuiet: Bool

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// What the coming stages belong to, e.g. a model's name.
    func label(_ text: String) { state.withLock { $0.label = ControlCharacters.escaped(text) } }

    func began(_ stage: String, units: Int) {
        state.withLock {
            $0.stage = $0.label.isEmpty ? stage : "\($0.label): \(stage.lowercased())"
            $0.units = max(units, 1)
            $0.done = 0
            $0.began = .now
            $0.lastDrawn = .now
            draw($0)
        }
    }

    func advanced(by units: Int) {
        state.withLock {
            $0.done += units
            guard ContinuousClock.now - $0.lastDrawn > .milliseconds(100) else { return }
            $0.lastDrawn = .now
            draw($0)
        }
    }

    func ended() {
        state.withLock {
            guard !isQuiet else { return }
            let seconds = Self.seconds(ContinuousClock.now - $0.began)
            let line = "\($0.stage): \(Self.text(seconds))"
            write(isTerminal ? "\r\u{1B}[K\(line)\n" : "\(line)\n")
        }
    }

    private func draw(_ state: State) {
        guard isTerminal, !isQuiet else { return }
        let share = min(Double(state.done) / Double(state.units), 1)
        let filled = Int(share * 24)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        var line = "\r\u{1B}[K\(state.stage) \(bar) \(Int(share * 100)) %"
        let elapsed = Self.seconds(ContinuousClock.now - state.began)
        if state.done > 0, elapsed > 0.5 {
            let rate = Double(state.done) / elapsed
            line += String(format: ", %.3g/s, ", rate) + Self.text(Double(state.units - state.done) / rate) + " left"
        }
        write(line)
    }

    private func write(_ text: String) { StandardError.write(text) }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func text(_ seconds: Double) -> String {
        if seconds < 60 { return String(format: "%.1f s", seconds) }
        return String(format: "%d min %02d s", Int(saturating: seconds) / 60, Int(saturating: seconds) % 60)
    }
}
