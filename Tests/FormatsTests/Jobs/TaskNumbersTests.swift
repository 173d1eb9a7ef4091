import Formats
import Testing

@Suite("Numbers of tasks")
struct TaskNumbersTests {
    @Test(
        "neighbours are written as a range",
        arguments: [
            ([Int](), ""), ([4], "4"), ([1, 2, 3], "1-3"), ([3, 1, 2, 2], "1-3"), ([1, 3, 5], "1,3,5"),
            ([1, 2, 4, 7, 8, 9], "1-2,4,7-9"),
        ])
    func text(_ numbers: [Int], _ text: String) {
        #expect(TaskNumbers(numbers).description == text)
    }
}
