// 5: every task of the cluster. In: the task. From there or here its log.
import { drawList, listData } from './lists/list.ts';
import { LARGEST_FIRST, TASK_ACTIONS, TASK_SORTS, TASK_SOURCE, taskColumns } from './lists/task-table.ts';
import type { Screen } from './screen.ts';

export const TASKS: Screen = {
  name: 'tasks',
  digit: '5',
  title: 'Tasks',
  topics: ['tasks', 'agents', 'frameworks', 'feeds'],
  sortColumns: TASK_SORTS,
  largestFirst: LARGEST_FIRST,
  actions: TASK_ACTIONS,
  draw: (scene) => drawList(scene, { source: TASK_SOURCE, columns: taskColumns, noun: 'tasks', feed: 'master' }),
  data: (scene) => listData(scene, TASK_SOURCE),
};
